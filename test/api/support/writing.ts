import { expect } from 'vitest'
import { packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import { type ApiUnderTest, packSamples, type Read } from './api-under-test.ts'

let serial = 0

/** A key that no other request uses. */
export const freshKey = () => `a-key-of-the-tests-${++serial}`

/** Publishes versions of an agent that no other test uses, in these states; the text of each is its number. */
export async function publishVersions(api: ApiUnderTest, ...states: string[]): Promise<string> {
  const id = `agent-${String.fromCharCode(97 + (serial % 26))}${++serial}`
  for (const [index, status] of states.entries()) await publishNext(api, id, index, status)
  return id
}

/** Publishes one more version of an agent that has `before`. */
export async function publishNext(api: ApiUnderTest, id: string, before: number, status = 'active') {
  const packed = packAgent(id, `Version ${before + 1}.\n`, { status }, before)
  resultOf(await publish(api.ports.registry, [packed]))
}

export async function publishTemplates(api: ApiUnderTest): Promise<void> {
  resultOf(await publish(api.ports.registry, packSamples('agents')))
  resultOf(await publish(api.ports.registry, packSamples('templates'), { kind: 'templates' }))
}

/** Sends JSON; a text is sent as it is. */
export function post(
  api: Pick<ApiUnderTest, 'send'>,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Read> {
  return api.send(path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** Everything that a write could leave behind. */
export async function stored({ ports: { service } }: ApiUnderTest): Promise<unknown> {
  const tables = ['registry_releases', 'registry_revisions', 'registry_events', 'template_instantiations']
  const counts = tables.map((table) => service.from(table).select('*', { count: 'exact', head: true }))
  const { data } = await service.from('registry_counter').select('seq')
  return { seq: data, counts: (await Promise.all(counts)).map((answer) => answer.count) }
}

/**
 * Checks a refusal that every route may give: problem details of this status and code, never cached, without a stack.
 */
export function expectProblem({ status, headers, json, text }: Read, wanted: number, code: string): void {
  expect({ status, code: json?.code, detail: json?.detail }).toEqual({
    status: wanted,
    code,
    detail: expect.any(String),
  })
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(headers.get('cache-control')).toMatch(/no-store/)
  expect(text).not.toMatch(/\bat .*\.[tj]s:\d/)
}
