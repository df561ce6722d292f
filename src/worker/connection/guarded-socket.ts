type SocketClass = typeof globalThis.WebSocket
type OnMessage = ((event: MessageEvent) => void) | null

/**
 * A WebSocket that ignores messages whose handler fails. The client of Realtime throws for a message that is not one
 * of its protocol, and an error in a handler of events ends the process. Nothing is lost: a message only says that
 * the feed has news, and the feed is also polled.
 */
export function guardedSocket(Base: SocketClass): SocketClass {
  const accessor = Object.getOwnPropertyDescriptor(Base.prototype, 'onmessage')
  class GuardedSocket extends Base {}
  Object.defineProperty(GuardedSocket.prototype, 'onmessage', {
    configurable: true,
    enumerable: true,
    get(): OnMessage {
      return accessor?.get?.call(this) ?? null
    },
    set(this: WebSocket, handler: OnMessage) {
      accessor?.set?.call(this, handler && ((event: MessageEvent) => ignoringErrors(() => handler(event))))
    },
  })
  return GuardedSocket
}

function ignoringErrors(work: () => void): void {
  try {
    work()
  } catch {
    // See above: the message is not used.
  }
}
