import type { CompleteRequestParams, CompleteResult } from '@modelcontextprotocol/server'
import { ID_PATTERN } from '../contract/id-pattern.ts'
import { idsAnswer, versionsAnswer } from './registry/answers.ts'
import { readDefinition } from './registry/read-definition.ts'
import { ApiProblem, type McpKind, type RegistryClient } from './registry/registry-client.ts'
import { TEMPLATES } from './registry/uris.ts'

/** The most values of one answer, as the protocol wants it. */
const MOST = 100

/** Completes the variables of the resource templates; values of prompts are the caller's own. */
export async function complete(
  client: RegistryClient,
  kinds: readonly McpKind[],
  { ref, argument, context }: CompleteRequestParams,
): Promise<CompleteResult> {
  const isOurs = ref.type === 'ref/resource' && Object.values(TEMPLATES).includes(ref.uri)
  if (!isOurs) return { completion: { values: [] } }
  const others = context?.arguments ?? {}
  const all = await candidates(client, kinds, argument, others).catch((error) => {
    // What cannot be read has no completions.
    if (error instanceof ApiProblem) return []
    throw error
  })
  const values = all.filter((value) => value.startsWith(argument.value))
  return { completion: { values: values.slice(0, MOST), hasMore: all.length >= MOST } }
}

async function candidates(
  client: RegistryClient,
  kinds: readonly McpKind[],
  { name, value }: { name: string; value: string },
  { kind = '', id = '', version }: Record<string, string>,
): Promise<string[]> {
  if (name === 'kind') return kinds.map((one) => one.id)
  if (!kinds.some((one) => one.id === kind)) return []
  if (name === 'id') {
    const search = value === '' ? undefined : value.slice(0, 200)
    const { body } = await client.get([kind], { view: 'row', limit: MOST, search })
    return idsAnswer.parse(body).items.map((item) => item.id)
  }
  if (!ID_PATTERN.test(id)) return []
  if (name === 'version') {
    const { body } = await client.get([kind, id, 'versions'], { limit: MOST })
    return versionsAnswer.parse(body).items.map((item) => String(item.version))
  }
  const at = /^[1-9]\d{0,9}$/.test(version ?? '') ? Number(version) : undefined
  const { definition } = await readDefinition(client, { kind, id, ...(at ? { version: at } : {}) })
  return Object.keys(definition.texts).sort()
}
