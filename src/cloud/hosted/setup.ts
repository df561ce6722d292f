import { createClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { withoutRealtime } from '../../edge/http/client-options.ts'
import { fitting } from '../registry/ask.ts'
import { remoteFailure } from '../registry/remote-failure.ts'
import { retryingFetch } from './retrying-fetch.ts'

/** The parts of a project that are Supabase's, as `registry_setup_state` reports them. */
export type SetupState = z.output<typeof stateShape>

const stateShape = z.object({
  migrations: z.array(z.string().max(64)).max(10_000),
  bucket: z.enum(['private', 'public', 'missing']),
  listen: z.boolean().nullable(),
  forwarder: z.boolean().nullable(),
  secrets: z.boolean().nullable(),
  webhooks: z.int().min(0),
})

/** A project and its secret key. */
export interface Owner {
  url: string
  secretKey: string
}

/**
 * Reads the state of a project's parts.
 * @throws Failure REMOTE_FAILED for a project without the migrations, REMOTE_DENIED
 */
export function readSetup(owner: Owner): Promise<SetupState> {
  return call(owner, 'read the state of its parts', 'registry_setup_state', {})
}

/**
 * Makes what a project needs besides the migrations: the bucket and the policy of the private channel where they are
 * gone, then the schedule of the forwarder with its secrets.
 * @throws Failure REFUSED when an extension has to be enabled by hand first; the other parts are made all the same
 */
export async function setUp({ url, secretKey }: Owner): Promise<SetupState> {
  const what = 'set up its parts'
  await call({ url, secretKey }, what, 'registry_set_up_parts', {})
  const request = { url, key: secretKey }
  return call({ url, secretKey }, what, 'registry_set_up', { p_request: request })
}

async function call(
  { url, secretKey }: Owner,
  what: string,
  name: string,
  args: object,
): Promise<SetupState> {
  const client = createClient(url, secretKey, withoutRealtime(retryingFetch(globalThis.fetch)))
  const { data, error, status } = await client.rpc(name, args)
  if (error) throw remoteFailure(url, what, { ...error, status })
  return fitting(url, what, stateShape, data)
}
