import { Failure } from '../../../contract/failure.ts'

/** Host, port and database of a URL, for messages. */
export function publicName(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw new TypeError(protocol)
    return `postgres://${host}${pathname}`
  } catch {
    throw new Failure(
      'CONFIG',
      'NOFX_DATABASE_URL is not a PostgreSQL URL',
      'set it to postgres://user:password@host:5432/database',
    )
  }
}
