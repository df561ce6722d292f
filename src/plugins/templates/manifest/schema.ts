import * as z from 'zod'
import { agentReference } from '../../../contract/fields/definition-reference.ts'
import { definitionId } from '../../../contract/fields/id.ts'
import { identityFields, title } from '../../../contract/fields/identity.ts'
import { compatibility, deprecationSchema } from '../../../contract/fields/lifecycle.ts'
import { relativePath } from '../../../contract/fields/relative-path.ts'
import { resourceProfile } from '../../../contract/fields/resources.ts'
import { about, list, maybe, text } from '../../../contract/fields/shape.ts'
import type { Definition } from '../../../contract/kind.ts'
import { schemaUrl } from '../../../contract/manifest/json-schema.ts'
import { name, plan } from './plan-schema.ts'

const jsonObject = () => z.record(z.string(), z.unknown())

const expectedOutput = z.strictObject({
  id: about('The id that placeholders use; unique in the template.', name()),
  type: about(
    'The type of the output: "file" has a path, "json" may have a schema.',
    z.enum(['text', 'json', 'file', 'url', 'pr']),
  ),
  fromStep: about('The step that makes the output.', name()),
  required: maybe('Whether a run without this output fails; true by default.', z.boolean()),
  description: maybe('What it is.', text({ min: 1, max: 1024 })),
  schema: maybe('JSON Schema 2020-12 of an output of type "json".', jsonObject()),
  path: maybe('The path of an output of type "file".', relativePath),
})

const rollbackAdvice = z.union([
  text({ max: 8192 }),
  z.strictObject({
    summary: about('How to undo a run, in one text.', text({ max: 8192 })),
    steps: maybe('Steps whose effects can be undone.', list(name(), 100)),
    irreversible: maybe('Steps whose effects cannot be undone.', list(name(), 100)),
  }),
])

const example = z.strictObject({
  name: title('Display name of the example; unique in the template.'),
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
  category: maybe('The sort of work, to group lists by. Required unless the status is "draft".', category),
  parameters: maybe('The parameters of a run: JSON Schema 2020-12 of an object.', jsonObject()),
  defaultPlan: maybe(
    'The steps of a run, or the file that contains them. Required unless the status is "draft".',
    z.union([relativePath, plan]),
  ),
  expectedOutputs: maybe(
    'The results of a run. At least one unless the status is "draft".',
    list(expectedOutput, 100),
  ),
  rollbackAdvice: maybe('How to undo a run. Required unless the status is "draft".', rollbackAdvice),
  supportedAgents: maybe(
    'The agents that may take the steps, in order of preference: "id" or "id@^1". At least one unless the status is "draft".',
    list(agentReference, 100),
  ),
  resourceProfile: maybe('The resources of a run; "standard" by default.', resourceProfile),
  examples: maybe('Examples of parameters; "validate" checks each of them.', list(example, 100)),
  docs: maybe('The documentation file; "docs.md" by default, if that file exists.', relativePath),
  compatibility: maybe('What the runtime must provide.', compatibility),
  deprecation: maybe('Required when status is "deprecated".', deprecationSchema('template')),
})

export type TemplateManifest = z.output<typeof templateSchema>
export type TemplateDefinition = Definition<TemplateManifest>
export type ExpectedOutput = z.output<typeof expectedOutput>
export type RollbackAdvice = z.output<typeof rollbackAdvice>
export type Example = z.output<typeof example>
