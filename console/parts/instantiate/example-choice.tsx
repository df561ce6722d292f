import type { Field } from '../../model/plans/form-of-schema.ts'
import { type Entries, entriesOf } from '../../model/plans/value-of-form.ts'

interface Example {
  name: string
  parameters: Readonly<Record<string, unknown>>
}

interface ExampleProps {
  manifest: Readonly<Record<string, unknown>>
  fields: readonly Field[]
  choose: (entries: Entries) => void
}

/** The author's examples, to start from. */
export function ExampleChoice({ manifest, fields, choose }: ExampleProps) {
  const examples = listExamples(manifest.examples)
  if (examples.length === 0) return null
  const start = (at: string) => {
    const example = examples[Number(at)]
    if (at !== '' && example) choose(entriesOf(fields, example.parameters))
  }
  return (
    <label class="stacked">
      <span class="soft">Start from an example</span>
      <select onChange={({ currentTarget }) => start(currentTarget.value)}>
        <option value="">–</option>
        {examples.map(({ name }, at) => (
          <option key={name} value={String(at)}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function listExamples(given: unknown): Example[] {
  if (!Array.isArray(given)) return []
  return given.flatMap((one: Partial<Example>) =>
    typeof one?.name === 'string' && typeof one.parameters === 'object' && one.parameters !== null
      ? [{ name: one.name, parameters: one.parameters }]
      : [],
  )
}
