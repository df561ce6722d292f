import type { Tool as ListedTool } from '@modelcontextprotocol/server'
import type { McpKind } from '../registry/registry-client.ts'
import { instantiateTemplate, moveTools } from './change-definition.ts'
import { validateDefinition } from './check-definition.ts'
import { getDefinition } from './get-definition.ts'
import { toPortableSchema } from './portable-schema.ts'
import { diffVersions, findDependents, listVersions } from './read-history.ts'
import { searchDefinitions } from './search-definitions.ts'
import type { Tool } from './tool.ts'

/** A tool with its entry in `tools/list`. */
export interface ReadyTool {
  tool: Tool
  entry: ListedTool
}

/** Every tool over some kinds, by name. Nothing is read for it, however many definitions there are. */
export function readyTools(kinds: readonly McpKind[]): ReadonlyMap<string, ReadyTool> {
  if (kinds.length === 0) return new Map()
  const instantiate = instantiateTemplate(kinds)
  const tools = [
    searchDefinitions(kinds),
    getDefinition(kinds),
    listVersions(kinds),
    diffVersions(kinds),
    findDependents(kinds),
    validateDefinition(kinds),
    ...(instantiate ? [instantiate] : []),
    ...moveTools(kinds),
  ]
  return new Map(tools.map((tool) => [tool.name, { tool, entry: listTool(tool) }]))
}

function listTool({ name, title, description, input, output, hints }: Tool): ListedTool {
  return {
    name,
    title,
    description,
    inputSchema: toPortableSchema(input, 'input') as ListedTool['inputSchema'],
    outputSchema: toPortableSchema(output, 'output') as ListedTool['outputSchema'],
    annotations: { title, ...hints },
  }
}
