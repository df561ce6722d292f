import type { Rpc } from '../../../src/edge/http/rpc.ts'
import type { TestDatabase } from '../../harness/database.ts'

/** Calls SQL functions as PostgREST does for the secret key: arguments by name, errors as data. */
export function rpcOf(db: TestDatabase): Rpc {
  return async (name, args) => {
    const named = Object.keys(args).map((key, at) => `${key} => $${at + 1}`)
    const call = `select public.${name}(${named.join(', ')}) as data`
    try {
      const rows = await db.as({ role: 'service_role' }, (query) => query(call, Object.values(args)))
      return { data: rows[0]?.data, error: null }
    } catch (thrown) {
      const { code, message, hint, detail } = thrown as Record<string, string>
      return { data: null, error: { code, message, hint, details: detail } }
    }
  }
}
