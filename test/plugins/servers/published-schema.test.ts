import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { checkJsonSchema } from '../../../src/contract/fields/json-schema.ts'
import type { JsonObject } from '../../../src/contract/kind.ts'
import { buildJsonSchema } from '../../../src/contract/manifest/json-schema.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'

const path = join(import.meta.dirname, '../../../docs/schema/servers.json')
const made = buildJsonSchema(servers)
const text = `${JSON.stringify(made, null, 2)}\n`

test('the published schema is the one that validation uses', () => {
  if (process.env.UPDATE_SCHEMA) writeFileSync(path, text)
  expect(
    readFileSync(path, 'utf8'),
    'docs/schema/servers.json is out of date; write it with: UPDATE_SCHEMA=1 npx vitest run test/plugins/servers/published-schema.test.ts',
  ).toBe(text)
})

test('the published schema is a JSON Schema of draft 2020-12 with its own URL', () => {
  const findings: Finding[] = []
  checkJsonSchema(made, 'docs/schema/servers.json', [], findings)
  // Editors run the patterns on their own user's text, so the patterns may use lookahead.
  expect(findings.filter(({ rule }) => rule !== 'NOFX_JSON_SCHEMA_PATTERN')).toEqual([])
  expect(made).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://unpkg.com/nofx/docs/schema/servers.json',
    title: 'NOFX server (server.json)',
    additionalProperties: false,
    required: ['name', 'description', 'version'],
  })
})

test('the published schema describes every field of a server for editors', () => {
  const fields = Object.entries(made.properties as Record<string, JsonObject>)
  expect(fields.filter(([, field]) => typeof field.description !== 'string').map(([name]) => name)).toEqual(
    [],
  )
})
