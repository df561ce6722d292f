import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import type { ParsedRequest } from '../http/read-request.ts'
import { denied, Refusal } from '../http/refusal.ts'
import { call, type Rpc } from '../http/rpc.ts'

type ParsedWithdraw = Extract<ParsedRequest, { action: 'withdraw' }>

interface Ports {
  rpc: Rpc
  remove?: (paths: string[]) => Promise<void>
}

/** The most objects in one call of the storage API. */
const AT_ONCE = 1000

/**
 * Withdraws in the database first: from then on the texts cannot be read, and no reader is sent to the bundle. Then
 * removes the objects, which SQL cannot delete; a repeated request gets the names of those that are left.
 * @throws Refusal 500 when objects are left
 */
export async function withdraw(request: ParsedWithdraw, { rpc, remove }: Ports): Promise<ReleaseResult> {
  if (!remove) throw denied(403, 'nothing can be withdrawn here', 'use the CLI with SUPABASE_SECRET_KEY')
  const { preview: _, ...p_request } = request
  const answer = await call(rpc, 'registry_withdraw', { p_request })
  const { objects, ...result } = answer as ReleaseResult & { objects: string[] }
  try {
    for (let at = 0; at < objects.length; at += AT_ONCE) await remove(objects.slice(at, at + AT_ONCE))
  } catch (cause) {
    throw leftInStorage(objects.length, cause)
  }
  return result
}

function leftInStorage(count: number, cause: unknown): Refusal {
  const refusal = new Refusal(500, 'database', {
    code: 'REMOTE_FAILED',
    message: `the content is withdrawn, but ${count === 1 ? '1 object is' : `${count} objects are`} still in storage`,
    hint: 'run the same command again: it deletes what is left',
  })
  refusal.cause = cause
  return refusal
}
