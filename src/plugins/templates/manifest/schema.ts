import * as z from 'zod'
import { agentReference } from '../../../contract/fields/definition-reference.ts'
import { definitionId } from '../../../contract/fields/id.ts'
import { identityFields, title } from '../../../contract/fields/identity.ts'
import { compatibility, deprecationOf } from '../../../contract/fields/lifecycle.ts'
import { relativePath } from '../../../contract/fields/relative-path.ts'
import { resourceProfile } from '../../../contract/fields/resources.ts'
import { about, list, maybe, text } from '../../../contract/fields/shape.ts'
import type { Definition } from '../../../contract/kind.ts'
import { schemaUrl } from '../../../contract/manifest/json-schema.ts'
import { name, plan } from './plan-schema.ts'

const jsonObject = () => z.record(z.string(), z.unknown())

const expectedOutput = z.strictObject({
  id: about('What placeholders call it; unique in the template.', name()),
  type: about(
    'What comes out: "file" has a path, "json" may have a schema.',
    z.enum(['text', 'json', 'file', 'url', 'pr']),
  ),
  fromStep: about('The step that makes it.', name()),
  required: maybe('Whether a run without it has failed; true when left out.', z.boolean()),
  description: maybe('What it is.', text({ min: 1, max: 1024 })),
  schema: maybe('JSON Schema 2020-12 of an output of type "json".', jsonObject()),
  path: maybe('Where a run keeps an output of type "file".', relativePath),
})

const rollbackAdvice = z.union([
  text({ max: 8192 }),
  z.strictObject({
    summary: about('What to do when a run has to be undone.', text({ max: 8192 })),
    steps: maybe('Steps whose effects can be undone.', list(name(), 100)),
    irreversible: maybe('Steps whose effects cannot be undone.', list(name(), 100)),
  }),
])

const example = z.strictObject({
  name: title('What it shows; unique in the template.'),
  description: maybe('When to run it with these values.', text({ min: 1, max: 1024 })),
  parameters: about('Values that the template can be run with.', jsonObject()),
})

const category = text({
  max: 40,
  pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  must: 'must be lower-case words joined by hyphens, such as "code-review"',
})

/**
 * Shape of `template.json` in the current spelling. Defaults are applied where a value is used: an absent field stays
 * absent.
 */
export const templateSchema = z.strictObject({
  $schema: maybe('This schema, for editors.', z.literal(schemaUrl('templates'))),
  templateId: definitionId,
  ...identityFields,
  category: maybe('What sort of work it is, to group lists by. Required unless it is a draft.', category),
  parameters: maybe('JSON Schema 2020-12 of an object: what a run is given.', jsonObject()),
  defaultPlan: maybe(
    'The steps of a run, or the file that holds them. Required unless it is a draft.',
    z.union([relativePath, plan]),
  ),
  expectedOutputs: maybe(
    'What a run leaves behind. At least one unless it is a draft.',
    list(expectedOutput, 100),
  ),
  rollbackAdvice: maybe('How to undo a run. Required unless it is a draft.', rollbackAdvice),
  supportedAgents: maybe(
    'Agents that may take its steps, the preferred ones first: "id" or "id@^1". At least one unless it is a draft.',
    list(agentReference, 100),
  ),
  resourceProfile: maybe('What a run may use; "standard" when left out.', resourceProfile),
  examples: maybe('Parameters that it can be run with; each is tried by "validate".', list(example, 100)),
  docs: maybe('Documentation for people; "docs.md" by default, if that file exists.', relativePath),
  compatibility: maybe('What the runtime must provide.', compatibility),
  deprecation: maybe('Required when status is "deprecated".', deprecationOf('template')),
})

export type TemplateManifest = z.output<typeof templateSchema>
export type TemplateDefinition = Definition<TemplateManifest>
export type ExpectedOutput = z.output<typeof expectedOutput>
export type RollbackAdvice = z.output<typeof rollbackAdvice>
export type Example = z.output<typeof example>
