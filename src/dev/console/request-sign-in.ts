import * as z from 'zod'
import { openDataFolder } from '../../cloud/embedded/database/data-folder.ts'
import { loadKeys } from '../../cloud/embedded/keys.ts'
import { readRunningDev } from '../../cloud/embedded/running-dev.ts'
import { Failure } from '../../contract/failure.ts'
import { signInLink } from './sign-in-link.ts'

const oneTimeCode = z.object({ code: z.string(), expiresAt: z.iso.datetime() })

/** Time limit for the answer, milliseconds. */
const PATIENCE_MS = 10_000

/**
 * Asks the `nofx dev` of a folder for an address that opens the console signed in, once.
 * @throws Failure CONFIG where it does not run, or where browsers cannot sign in; REMOTE_FAILED; EMBEDDED_CORRUPT
 */
export async function requestSignIn(root: string): Promise<{ link: string; expiresAt: string }> {
  const running = readRunningDev(root)
  if (!running)
    throw new Failure(
      'CONFIG',
      'nofx dev does not run in this folder',
      'start it in another terminal: nofx dev --seed',
    )
  const { code, expiresAt } = await askForCode(running.url, loadKeys(openDataFolder(root)).secret)
  const link = signInLink(running.url, code)
  if (link !== undefined) return { link, expiresAt }
  throw new Failure(
    'CONFIG',
    `nofx dev serves ${running.url}, where the token of a session would travel in the clear`,
    'start it without --host',
  )
}

async function askForCode(url: string, secret: string): Promise<z.infer<typeof oneTimeCode>> {
  try {
    const answer = await fetch(`${url}/api/session/codes`, {
      method: 'POST',
      headers: { apikey: secret, 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return oneTimeCode.parse(await answer.json())
  } catch (cause) {
    throw new Failure('REMOTE_FAILED', `nofx dev ${url} gave no code`, 'restart nofx dev', { cause })
  }
}
