import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { isRestricting } from '../claude-agents/restrictions.ts'
import type { Foreign, ForeignFile, ImportFormat, ReadOptions } from '../sources/format.ts'
import { readFrontMatter } from '../sources/front-matter.ts'
import { makeAgent, textOf, without } from './make-agent.ts'

const END = /\.agent\.md$/i
/** What an export adds to `metadata`. */
const ADDED = /^nofx-(?:id|version|digest)$/

/** Custom agents of GitHub Copilot and VS Code: `*.agent.md`. */
export const copilotAgents = {
  id: 'copilot',
  kind: 'agents',
  manifestFile: 'agent.json',
  extension: '.agent.md',
  usesPlugin: false,
  isAnywhere: true,
  matches: (path) => END.test(path) && !/(?:^|\/)\.[^/]*$/.test(path),
  recognises: () => false,
  stray: () => undefined,
  read: readCopilot,
} satisfies ImportFormat

async function readCopilot(file: ForeignFile, options: ReadOptions): Promise<Foreign> {
  const matter = await readFrontMatter(file, [], isRestricting)
  if ('rule' in matter) return { ok: false, findings: [matter] }
  const { data } = matter
  const title = textOf(data.name)
  const stem = file.path.replace(/^.*\//, '').replace(END, '')
  const models = Array.isArray(data.model) ? data.model : [data.model]
  const model = textOf(models[0])
  const isWhole = model === undefined ? data.model === undefined : models.length === 1
  const keptFields = without(data, ['name', 'description', 'metadata', ...(isWhole ? ['model'] : [])])
  const clientMetadata = isObject(data.metadata) ? ownMetadata(data.metadata) : data.metadata
  return makeAgent(
    file.path,
    {
      // The file's name is the client's key; the field is for people.
      matter: { ...matter, data: { ...data, name: stem } },
      title,
      model: model === undefined ? undefined : { name: model },
      powers: data,
      keptFields: { ...keptFields, ...(clientMetadata === undefined ? {} : { metadata: clientMetadata }) },
    },
    options,
  )
}

function ownMetadata(clientMetadata: JsonObject): JsonObject | undefined {
  const own = Object.entries(clientMetadata).filter(([name]) => !ADDED.test(name))
  return own.length > 0 ? Object.fromEntries(own) : undefined
}
