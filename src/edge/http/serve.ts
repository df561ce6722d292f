import { unavailable } from './database-error.ts'
import { describeCause, Refusal } from './refusal.ts'
import { respond } from './respond.ts'

/** The log line of one request; every part of its handling can add fields. */
export type Line = Record<string, unknown>

/** Receives one line for each request, for machines. */
export type Log = (line: Line) => void

/**
 * Answers one request with what `work` returns or with the refusal that it throws; any other error becomes a general
 * answer that the registry failed. Logs `line` once. Never throws.
 */
export async function serve(
  line: Line,
  log: Log | undefined,
  work: (line: Line) => Promise<Response>,
  isWorthLogging: (line: Line, status: number) => boolean = () => true,
): Promise<Response> {
  const started = Date.now()
  const response = await work(line).catch((thrown: unknown) => {
    const refusal = thrown instanceof Refusal ? thrown : unavailable(thrown)
    Object.assign(line, { phase: refusal.phase, code: refusal.error.code, cause: describeCause(refusal) })
    return respond(refusal.status, { ok: false, error: refusal.error })
  })
  const { status } = response
  if (isWorthLogging(line, status)) log?.({ ...line, status, ms: Date.now() - started })
  return response
}
