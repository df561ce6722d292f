import { Failure } from '../../contract/failure.ts'

/** How long the registry may take to answer unless given, milliseconds. */
export const ANSWER_WITHIN_MS = 10_000

const HINT = 'check the URL of the registry and the network, or allow more time'

/**
 * Runs `work` with a time limit, whether or not `work` reacts to the signal that it gets.
 * @throws Failure REMOTE_FAILED when the time is over; the reason of `signal` when that is aborted; else what `work`
 * throws
 */
export async function within<T>(
  ms: number | undefined,
  signal: AbortSignal,
  work: (cut: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const most = ms ?? ANSWER_WITHIN_MS
  // AbortSignal.any would keep every one of these signals as long as the outer signal lives.
  const cut = new AbortController()
  const end = () => cut.abort(signal.reason)
  signal.addEventListener('abort', end, { once: true })
  const late = new Failure('REMOTE_FAILED', `no answer within ${most / 1000} s`, HINT)
  const timer = setTimeout(() => cut.abort(late), most)
  const over = new Promise<never>((_resolve, reject) => {
    cut.signal.addEventListener('abort', () => reject(cut.signal.reason), { once: true })
  })
  try {
    return await Promise.race([work(cut.signal), over])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}
