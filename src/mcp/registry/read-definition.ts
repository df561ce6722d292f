import { definitionAnswer, type McpDefinition } from './answers.ts'
import type { RegistryClient } from './registry-client.ts'
import type { ResourcePlace } from './uris.ts'

/**
 * One version of a definition, or the live one; `etag` is what a change of the definition may be based on.
 * @throws ApiProblem
 */
export async function readDefinition(
  client: RegistryClient,
  { kind, id, version }: ResourcePlace,
): Promise<{ definition: McpDefinition; etag: string | null }> {
  const path = version === undefined ? [kind, id] : [kind, id, 'versions', String(version)]
  const { body, etag } = await client.get(path)
  return { definition: definitionAnswer.parse(body), etag }
}
