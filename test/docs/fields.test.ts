import { describe, expect, test } from 'vitest'
import { buildJsonSchema } from '../../src/contract/manifest/json-schema.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { readPages } from './pages.ts'

interface Node {
  properties?: Record<string, Node>
  items?: Node
  additionalProperties?: Node | boolean
  anyOf?: Node[]
  oneOf?: Node[]
  enum?: unknown[]
  const?: unknown
}

/** Every value that a schema names literally, with the field that may have it. */
function* literals(node: Node, path: string): Generator<[path: string, value: unknown]> {
  if (node.const !== undefined) yield [path, node.const]
  for (const value of node.enum ?? []) yield [path, value]
  for (const part of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) yield* literals(part, path)
  for (const [name, field] of Object.entries(node.properties ?? {}))
    yield* literals(field, path ? `${path}.${name}` : name)
  if (node.items) yield* literals(node.items, `${path}[]`)
  if (typeof node.additionalProperties === 'object')
    yield* literals(node.additionalProperties, `${path}.<name>`)
}

describe('the tables of fields show every value that a schema names', () => {
  const pages = readPages()
  test.each([
    [agents, 'docs/authoring-agents.md'],
    [skills, 'docs/skills.md'],
    [templates, 'docs/authoring-templates.md'],
  ] as const)('$id', (kind, page) => {
    const text = pages.find(({ path }) => path.endsWith(page))?.text ?? ''
    const found = [...literals(buildJsonSchema(kind) as Node, '')]
    expect(found.length).toBeGreaterThan(3)
    const absent = found.filter(([path, value]) => {
      const row = text
        .split('\n')
        .find((line) => line.startsWith(`| \`${path.replace(/(\[\]|\.<name>)+$/, '')}\` |`))
      return !row?.includes(JSON.stringify(value))
    })
    expect(absent).toEqual([])
  })

  test('a field of one alternative is required under its condition', () => {
    const text = pages.find(({ path }) => path.endsWith('docs/authoring-agents.md'))?.text ?? ''
    const row = (field: string) =>
      text.split('\n').find((line) => line.includes(`mcpServers.<name>.${field}\``))
    expect(row('type')).toContain('`"streamable-http"`, `"sse"` or `"stdio"` | yes |')
    expect(row('url')).toContain('| if `type` is `"streamable-http"`, `"sse"` |')
    expect(row('command')).toContain('| if `type` is `"stdio"` |')
  })
})
