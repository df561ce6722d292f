import { sha256 } from '../../contract/digest.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import type { CheckedAgentManifest } from '../../plugins/agents/manifest/schema.ts'
import { readOwnValues } from '../../plugins/skills/manifest/own-values.ts'
import type { SkillManifest } from '../../plugins/skills/manifest/schema.ts'
import type { ExchangeFormat, ExportItem, WriteOptions, Written, WrittenFile } from '../contract/format.ts'
import { joinWritten } from '../contract/write-kinds.ts'

/** Definitions that become one plugin, and what its manifest says. */
export interface Plugin {
  name: string
  version: string
  description: string
  items: readonly ExportItem[]
  owner?: string
  license?: string
  tags: readonly string[]
}

/** The fields of a definition that a plugin's manifest has. */
interface PluginFacts {
  version?: string
  description: string
  owner?: string
  license?: string
  tags: readonly string[]
}

/** The `write` of plugins: each in a folder of its name, or the one of `--bundle` in the target itself. */
export function writePlugins(
  write: (plugin: Plugin, options: WriteOptions) => Promise<Written>,
): NonNullable<ExchangeFormat['write']> {
  return async (items, options) => {
    const parts = dividePlugins(items, options).map(async (plugin) => {
      const output = await write(plugin, options)
      return { ...output, files: below(options.bundle === undefined ? plugin.name : '', output.files) }
    })
    return joinWritten(await Promise.all(parts))
  }
}

/** One plugin of all definitions with `--bundle`, otherwise one of each. */
export function dividePlugins(items: readonly ExportItem[], { bundle }: WriteOptions): Plugin[] {
  if (items.length === 0) return []
  if (bundle !== undefined) return [bundlePlugin(bundle, items)]
  const counts = new Map<string, number>()
  for (const { definition } of items) counts.set(definition.id, (counts.get(definition.id) ?? 0) + 1)
  return items.map((item) => {
    const { kind, id } = item.definition
    // Definitions of two kinds may have one id.
    return onePlugin((counts.get(id) ?? 0) > 1 ? `${id}-${kind}` : id, item)
  })
}

/** The plugin of one definition. */
export function onePlugin(name: string, item: ExportItem): Plugin {
  const { version = '0.0.0', ...facts } = readFacts(item)
  return { name, version: `${version.split('+')[0]}+nofx.${revisionOf(item)}`, items: [item], ...facts }
}

function bundlePlugin(name: string, items: readonly ExportItem[]): Plugin {
  const facts = items.map(readFacts)
  const owners = [...new Set(facts.map(({ owner }) => owner))]
  const digest = sha256(items.map((item) => `${nameOf(item.definition)}@${item.digest}`).join('\n'))
  return {
    name,
    version: `0.0.0+nofx.${digest.slice(0, 12)}`,
    description:
      `${items.length} definitions of a NOFX registry: ${items.map(({ definition }) => definition.id).join(', ')}`.slice(
        0,
        1024,
      ),
    items,
    ...(owners.length === 1 && owners[0] !== undefined ? { owner: owners[0] } : {}),
    tags: [...new Set(facts.flatMap(({ tags }) => tags))].sort().slice(0, 20),
  }
}

/** A client updates a plugin when this text changes. A definition of the tree has no version, so its digest stands for it. */
function revisionOf({ version, digest }: ExportItem): string {
  return version === undefined ? digest.slice(0, 12) : String(version)
}

function readFacts({ definition }: ExportItem): PluginFacts {
  if (definition.kind === 'skills') {
    const manifest = definition.manifest as SkillManifest
    const { owner, version, tags } = readOwnValues(manifest)
    return withoutGaps({ description: manifest.description, license: manifest.license, owner, version, tags })
  }
  const { description, license, owner, version, tags = [] } = definition.manifest as CheckedAgentManifest
  return withoutGaps({ description, license, owner, version, tags })
}

function withoutGaps(facts: { [Field in keyof PluginFacts]: PluginFacts[Field] | undefined }): PluginFacts {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as unknown as PluginFacts
}

/** A file of a plugin as JSON. */
export function jsonFile(path: string, document: JsonObject, plugin: Plugin): WrittenFile {
  return { path, content: `${JSON.stringify(document, null, 2)}\n`, from: namesOf(plugin) }
}

/** The definitions of a plugin. */
export function namesOf({ items }: Plugin): Named[] {
  return items.map(({ definition: { kind, id } }) => ({ kind, id }))
}

/** Files below a folder; an empty name is the target itself. */
export function below(folder: string, files: readonly WrittenFile[]): WrittenFile[] {
  return folder === '' ? [...files] : files.map((file) => ({ ...file, path: `${folder}/${file.path}` }))
}

/** The fields that the manifests of plugins share. */
export function sharedFields({ name, version, description, owner, license, tags }: Plugin): JsonObject {
  return {
    name,
    version,
    description,
    ...(owner === undefined ? {} : { author: { name: owner } }),
    ...(license === undefined ? {} : { license }),
    ...(tags.length > 0 ? { keywords: tags } : {}),
  }
}
