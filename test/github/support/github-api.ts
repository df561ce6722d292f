import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export const TOKEN = 'ghs_the-token-of-the-job'
export const BOT = 'github-actions[bot]'

export interface Comment {
  id: number
  user: { login: string } | null
  body: string
}

export interface Call {
  method: string
  path: string
  headers: Record<string, unknown>
  body: unknown
}

/** GitHub's REST API as far as comments of one pull request go, on loopback. It writes down what it is asked. */
export interface GithubApi {
  url: string
  calls: Call[]
  comments: Comment[]
  /** The next answers, before the real ones: a status, or a connection that is cut. */
  faults: (number | 'cut')[]
  /** Is told of each call before it is answered. */
  onCall: (call: Call) => void
  close(): Promise<void>
}

export async function serveGithubApi(repository: string): Promise<GithubApi> {
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '', headers } = incoming
    const body = method === 'GET' ? undefined : await json(incoming)
    const call = { method, path: url, headers, body }
    api.calls.push(call)
    api.onCall(call)
    const fault = api.faults.shift()
    if (fault === 'cut') return void incoming.socket.destroy()
    const [status, answer] =
      fault !== undefined
        ? [fault, { message: 'no' }]
        : headers.authorization === `Bearer ${TOKEN}`
          ? answerTo(method, url, body)
          : [401, { message: 'Bad credentials' }]
    outgoing.writeHead(status as number, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })

  function answerTo(method: string, path: string, body: unknown): [number, unknown] {
    const { pathname, searchParams } = new URL(path, api.url)
    const under = `/repos/${repository}/issues`
    const { body: text } = (body ?? {}) as { body: string }
    if (/^\/\d+\/comments$/.test(pathname.replace(under, ''))) {
      if (method === 'POST') {
        const made = { id: 1000 + api.comments.length, user: { login: BOT }, body: text }
        api.comments.push(made)
        return [201, made]
      }
      const size = Number(searchParams.get('per_page') ?? 30)
      const start = (Number(searchParams.get('page') ?? 1) - 1) * size
      return [200, api.comments.slice(start, start + size)]
    }
    const id = Number(/^\/comments\/(\d+)$/.exec(pathname.replace(under, ''))?.[1])
    const comment = api.comments.find((one) => one.id === id)
    if (method !== 'PATCH' || !comment) return [404, { message: 'Not Found' }]
    comment.body = text
    return [200, comment]
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const api: GithubApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    comments: [],
    faults: [],
    onCall: () => {},
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return api
}
