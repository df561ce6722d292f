import { Failure } from '../../contract/failure.ts'
import { withoutKeys } from '../../contract/text/without-keys.ts'
import { publisherToken, type RegistryEnv } from './hosted-config.ts'

/** The HTTP API of a deployment. */
export interface RemoteApi {
  dispatch: (request: Request) => Promise<Response>
  origin: string
  headers: Record<string, string>
  publisher: boolean
  close: () => Promise<void>
}

/** Longer than a deployment lets a function run, milliseconds. */
const ANSWER_WITHIN_MS = 35_000

/**
 * The API of the deployment at a URL, with the token of NOFX_TOKEN; without it, as every reader sees it.
 * @throws Failure USAGE for a URL that is not one, CONFIG for a token that is not one
 */
export function openRemoteApi(text: string, env: RegistryEnv): RemoteApi {
  const { origin } = deploymentUrl(text)
  const token = publisherToken(env)
  return {
    origin,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    publisher: token !== undefined,
    dispatch: async (request) => {
      try {
        // A redirect would lead the token elsewhere.
        return await fetch(request, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
      } catch {
        const hint = 'is it the URL of a deployment, and is it reachable from here?'
        return Response.json(
          { code: 'REMOTE_FAILED', detail: `${origin} does not answer`, hint },
          { status: 503 },
        )
      }
    },
    close: async () => {},
  }
}

function deploymentUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLocal = url && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || (isLocal && url.protocol === 'http:')) return url
  throw new Failure(
    'USAGE',
    `--url "${withoutKeys(text)}" is not the https URL of a deployment`,
    'give it as https://registry.example.com',
  )
}
