import { authFailure } from '../sign-in/auth-failure.ts'
import { retryingFetch } from './retrying-fetch.ts'

/** A read that the function passes on for every publisher, with an answer of a few bytes. */
const PROBE = '/functions/v1/registry_agents_sync/rest/v1/registry_releases?select=id&limit=1'

/**
 * Asks the registry whether the user of a token may publish now: the token itself may be an hour old.
 * @throws Failure REMOTE_DENIED for a token that is not accepted, REMOTE_FAILED
 */
export async function askRole(url: string, token: string): Promise<boolean> {
  const fetch = retryingFetch(globalThis.fetch)
  const response = await fetch(`${url}${PROBE}`, { headers: { authorization: `Bearer ${token}` } }).catch(
    (error: Error) => {
      throw authFailure(url, 'answer', { message: error.message })
    },
  )
  if (response.ok) return true
  if (response.status === 403) return false
  throw authFailure(url, 'accept the token', { message: await reasonIn(response), status: response.status })
}

async function reasonIn(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } }
    return error?.message ?? `HTTP ${response.status}`
  } catch {
    return response.status === 404 ? 'it has no function registry_agents_sync' : `HTTP ${response.status}`
  }
}
