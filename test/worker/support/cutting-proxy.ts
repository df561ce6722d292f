import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy on loopback with faults on request. */
export interface CuttingProxy {
  url: string
  /** Breaks every connection that is open. */
  cut(): void
  /** Called for each piece that the server sends: whether to break the connection before passing it on. */
  breaks: () => boolean
  /** `down` refuses, `silent` accepts and never answers; both break what is open. */
  become(way: 'open' | 'down' | 'silent'): void
  close(): Promise<void>
}

/** @param target URL of the server behind it */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let way: Parameters<CuttingProxy['become']>[0] = 'open'
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Both ends get the error of a cut connection; the proxy ignores it.
    socket.on('error', () => {})
  }
  const server = createServer((near) => {
    keep(near)
    if (way === 'down') near.destroy()
    if (way !== 'open') return
    const far = connect(Number(port), hostname)
    keep(far)
    far.on('data', () => proxy.breaks() && near.destroy())
    near.pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    breaks: () => false,
    become(next) {
      way = next
      cut()
    },
    close() {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}
