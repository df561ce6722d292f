import { Failure } from '../contract/failure.ts'

/** JSON that no cache stores. */
export function json(body: object, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
}

/** The answer for a path that is not served. */
export function notServed(pathname: string): Response {
  const message = `nothing is served at "${pathname.slice(0, 200)}"`
  return json({ code: 'NOT_FOUND', message, hint: 'GET / lists what is served' }, 404)
}

/** The answer when the work itself failed: a failure that a user can fix is sent, a bug goes to the log alone. */
export function failed(error: unknown): Response {
  if (!(error instanceof Failure))
    return json({ code: 'BUG', message: 'nofx dev failed; see its output' }, 500)
  const { code, message, hint } = error
  return json({ code, message, hint }, code === 'DISK_FULL' ? 507 : 503)
}
