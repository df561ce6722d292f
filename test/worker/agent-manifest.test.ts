import { expect, expectTypeOf, test } from 'vitest'
import type * as z from 'zod'
import { agentSchema } from '../../src/plugins/agents/manifest/schema.ts'
import type { AgentManifest } from '../../src/worker/agent-manifest.ts'

type Checked = z.output<typeof agentSchema>

/** The compiler refuses these functions when the type and the schema differ. */
const published = (manifest: Checked): AgentManifest => manifest
const checked = ({ $schema: _, ...manifest }: AgentManifest): Checked => manifest

test('the published type of a manifest is the type that the schema checks', () => {
  expectTypeOf<keyof AgentManifest>().toEqualTypeOf<keyof Checked>()
  const manifest: AgentManifest = { agentId: 'one', name: 'One', description: 'Works.' }
  expect(agentSchema.parse(published(checked(manifest)))).toEqual(manifest)
})
