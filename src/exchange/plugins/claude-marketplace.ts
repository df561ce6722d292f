import { sha256 } from '../../contract/digest.ts'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { ExchangeFormat, WriteOptions, Written, WrittenFile } from '../contract/format.ts'
import { joinWritten } from '../contract/write-kinds.ts'
import { CLAUDE_ROWS, PLUGIN_KINDS, writeClaudePlugin } from './claude-plugin.ts'
import { below, dividePlugins, namesOf, type Plugin, sharedFields } from './plugin-parts.ts'
import { isProgram, packZip } from './zip.ts'

const MANIFEST = '.claude-plugin/marketplace.json'
const SCHEMA = 'https://anthropic.com/claude-code/marketplace.schema.json'
/** The name of a marketplace that has no other. */
export const MARKETPLACE_NAME = 'nofx-registry'

/** A marketplace of Claude Code, with a plugin for each definition: in folders, or in archives at a web address. */
export const claudeMarketplace: ExchangeFormat = {
  id: 'claude-marketplace',
  title: 'A marketplace of Claude Code',
  kinds: PLUGIN_KINDS,
  places: [MANIFEST, 'plugins/<name>/', '<kind>/<id>/<version>.zip'],
  limits: [{ field: 'source', rule: 'an archive has an https address of a public host' }],
  flags: ['bundle', 'baseUrl'],
  writes: CLAUDE_ROWS,
  async write(items, options) {
    const plugins = dividePlugins(items, { ...options, bundle: undefined })
    const parts = await Promise.all(plugins.map((plugin) => writeEntry(plugin, options)))
    const entries = parts.map(({ entry }) => entry)
    const name = options.bundle ?? MARKETPLACE_NAME
    const document = marketplaceDocument(name, entries, namesIn(options.earlier?.(MANIFEST)))
    const manifest = `${JSON.stringify(document, null, 2)}\n`
    const file = { path: MANIFEST, content: manifest, from: plugins.flatMap(namesOf) }
    const { files, findings, ledger } = joinWritten(parts.map(({ output }) => output))
    return { files: [file, ...files], findings, ledger }
  },
}

async function writeEntry(
  plugin: Plugin,
  options: WriteOptions,
): Promise<{ entry: JsonObject; output: Written }> {
  const output = await writeClaudePlugin(plugin, options)
  if (options.baseUrl === undefined) {
    const folder = `plugins/${plugin.name}`
    const entry = { ...marketplaceEntry(plugin), source: `./${folder}` }
    return { entry, output: { ...output, files: below(folder, output.files) } }
  }
  const archive = packPlugin(plugin, output.files)
  const url = `${options.baseUrl.replace(/\/+$/, '')}/${archive.path}`
  const entry = { ...marketplaceEntry(plugin), source: archiveSource(url, sha256(archive.content)) }
  return { entry, output: { ...output, files: [archive] } }
}

/** The zip of a plugin, at a path that names its definition and its version. */
export function packPlugin(
  plugin: Plugin,
  files: readonly WrittenFile[],
): WrittenFile & { content: Uint8Array } {
  const [{ kind, id } = { kind: 'plugins', id: plugin.name }] = namesOf(plugin)
  const content = packZip(files.map((file) => ({ ...file, executable: isProgram(file) })))
  return {
    path: `${nameOf({ kind, id })}/${plugin.version.split('+nofx.')[1] ?? plugin.version}.zip`,
    content,
    from: namesOf(plugin),
  }
}

/** A source that the client downloads and verifies. */
export function archiveSource(url: string, hash: string): JsonObject {
  return { source: 'archive', url, sha256: hash }
}

/** The entry of a plugin in a marketplace, without its source. */
export function marketplaceEntry(plugin: Plugin): JsonObject {
  const { keywords, ...fields } = sharedFields(plugin)
  const [{ kind } = { kind: 'plugins' }] = namesOf(plugin)
  return { ...fields, category: kind, ...(keywords === undefined ? {} : { tags: keywords }) }
}

/**
 * A marketplace. A plugin that is gone is named in `renames`, so that a client that has it removes it.
 * @param earlier names of plugins that clients may have
 */
export function marketplaceDocument(
  name: string,
  entries: readonly JsonObject[],
  earlier: readonly string[],
): JsonObject {
  const sorted = [...entries].sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
  const present = new Set(sorted.map((entry) => entry.name))
  const gone = earlier.filter((one) => !present.has(one)).sort()
  const renames = Object.fromEntries(gone.map((one) => [one, null]))
  return {
    $schema: SCHEMA,
    name,
    description: 'Agents, skills and commands of a NOFX registry.',
    owner: { name },
    ...(gone.length > 0 ? { renames } : {}),
    plugins: sorted,
  }
}

/** The plugins that an earlier marketplace has, or had. */
function namesIn(text: string | undefined): string[] {
  try {
    const { plugins, renames } = JSON.parse(text ?? '{}') as JsonObject
    const names = (Array.isArray(plugins) ? plugins : []).map((plugin) =>
      isObject(plugin) ? plugin.name : undefined,
    )
    const all = [...names, ...(isObject(renames) ? Object.keys(renames) : [])]
    return [...new Set(all.filter((one): one is string => typeof one === 'string' && one !== '__proto__'))]
  } catch {
    return []
  }
}
