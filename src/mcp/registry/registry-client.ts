/** A kind of the registry, as far as the MCP server knows it. */
export interface McpKind {
  id: string
  singular: string
  canInstantiate: boolean
}

/** Parameters of a query; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** An answer of the API: its JSON body, and the entity tag if it has one. */
export interface ClientAnswer {
  body: unknown
  etag: string | null
}

/**
 * Sends requests to the HTTP API with the rights of one caller. Every rule of the registry is the API's: this server
 * has none of its own.
 */
export interface RegistryClient {
  /** @param path its segments, which are encoded here */
  get(path: readonly string[], query?: Query): Promise<ClientAnswer>
  /** The bytes at a path of a discovery protocol. */
  download(path: string): Promise<Uint8Array>
  post(path: readonly string[], body: object, headers?: Record<string, string>): Promise<ClientAnswer>
}

/** A refusal of the API. Its text quotes what the caller sent. */
export class ApiProblem extends Error {
  readonly status: number
  /** The parts of the problem that a caller can act on. */
  readonly problem: { code: string; message: string; hint?: string; errors?: unknown[] }

  constructor(status: number, problem: ApiProblem['problem']) {
    super(problem.message)
    this.name = 'ApiProblem'
    this.status = status
    this.problem = problem
  }
}

/** @param headers the credentials of the caller, and what else the API should know of it */
export function createRegistryClient(
  dispatch: (request: Request) => Promise<Response>,
  origin: string,
  headers: Record<string, string>,
): RegistryClient {
  const send = async (path: readonly string[], query: Query, init: RequestInit): Promise<ClientAnswer> => {
    const url = new URL(`/api/${path.map(encodeSegment).join('/')}`, origin)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const response = await dispatch(new Request(url, init))
    const body = await readJson(response)
    if (response.ok) return { body, etag: response.headers.get('etag') }
    throw new ApiProblem(response.status, toProblem(response.status, body))
  }
  return {
    get: (path, query = {}) => send(path, query, { headers }),
    async download(path) {
      const response = await dispatch(new Request(new URL(path, origin), { headers }))
      if (response.ok) return new Uint8Array(await response.arrayBuffer())
      throw new ApiProblem(response.status, toProblem(response.status, await readJson(response)))
    },
    post: (path, body, more = {}) =>
      send(
        path,
        {},
        {
          method: 'POST',
          headers: { ...headers, ...more, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
      ),
  }
}

/** `.` and `..` would lead to another path, encoded or not. */
function encodeSegment(segment: string): string {
  if (/^\.{0,2}$/.test(segment))
    throw new ApiProblem(404, { code: 'NOT_FOUND', message: `"${segment}" is not a name` })
  return encodeURIComponent(segment)
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    throw new ApiProblem(response.status, {
      code: 'REMOTE_FAILED',
      message: `the registry answered ${response.status} without JSON`,
      hint: 'is the URL that of a NOFX deployment?',
    })
  }
}

function toProblem(status: number, body: unknown): ApiProblem['problem'] {
  const { code, detail, title, message, hint, errors } = (body ?? {}) as Record<string, unknown>
  const text = [detail, message, title].find((one) => typeof one === 'string') ?? `HTTP ${status}`
  return {
    code: typeof code === 'string' ? code : 'REMOTE_FAILED',
    message: String(text),
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(Array.isArray(errors) ? { errors } : {}),
  }
}
