import * as yaml from 'yaml'
import { sha256 } from '../../../contract/digest.ts'
import type { JsonObject, Kind } from '../../../contract/kind.ts'
import { findManifestName } from '../../../contract/manifest/manifest-file.ts'
import { provenManifest } from '../../../contract/manifest/proven-manifest.ts'
import { nameOf } from '../../../contract/name.ts'
import { ASSETS } from '../../../contract/source.ts'
import { tarSize, unpackArchive } from '../../../core/tree/archive.ts'
import type { ExportItem } from '../../../exchange/contract/format.ts'
import { archiveSource, marketplaceEntry, packPlugin } from '../../../exchange/plugins/claude-marketplace.ts'
import { writeClaudePlugin } from '../../../exchange/plugins/claude-plugin.ts'
import { onePlugin } from '../../../exchange/plugins/plugin-parts.ts'
import type { ApiPorts } from '../../ports.ts'
import type { LiveRow, LiveVersion } from '../../reads/read-live.ts'

/** Where archives are served. */
export const ARCHIVES = '/api/marketplaces/claude'

/** A plugin of one live definition: its entry in the marketplace without a source, and its zip. */
interface PluginArchive {
  entry: JsonObject
  /** Below `ARCHIVES`. */
  path: string
  bytes: Uint8Array
}

/** The name of a plugin: with the kind, so that it stays what it is when another kind has a definition of that id. */
export function pluginName(kind: Pick<Kind, 'singular'>, id: string): string {
  return `${kind.singular}-${id}`
}

/** Makes the plugin of a version; undefined if its manifest does not fit this version of NOFX. */
export async function makePlugin(
  ports: ApiPorts,
  kind: Kind,
  row: LiveRow,
): Promise<PluginArchive | undefined> {
  const item = await toItem(ports, kind, row)
  if (!item) return undefined
  const plugin = onePlugin(pluginName(kind, row.id), item)
  const { files } = await writeClaudePlugin(plugin, { allowEffects: false })
  const { path, content } = packPlugin(plugin, files)
  return { entry: marketplaceEntry(plugin), path, bytes: content }
}

/** What is remembered of a plugin: a version never changes, and making its zip takes long. */
export type KnownPlugin = Pick<PluginArchive, 'entry' | 'path'> & { sha256: string }

/** The most plugins that are remembered, each in less than 2 kB. */
const MOST_KEPT = 20_000
const plugins = new Map<string, KnownPlugin>()

/** The entry of a plugin in the marketplace at an address. */
export function toEntry({ entry, path, sha256: hash }: KnownPlugin, origin: string): JsonObject {
  return { ...entry, source: archiveSource(`${origin}${ARCHIVES}/${path}`, hash) }
}

/** The plugin of a version, if it was made before. */
export function findPlugin(kind: Kind, version: LiveVersion): KnownPlugin | undefined {
  return plugins.get(keyOf(kind, version))
}

/** Makes the plugin of a version, and remembers it; undefined if its manifest does not fit this version of NOFX. */
export async function keepPlugin(
  ports: ApiPorts,
  kind: Kind,
  row: LiveRow,
): Promise<KnownPlugin | undefined> {
  const archive = await makePlugin(ports, kind, row)
  if (!archive) return undefined
  if (plugins.size >= MOST_KEPT) plugins.clear()
  const { entry, path, bytes } = archive
  const fresh = { entry, path, sha256: sha256(bytes) }
  plugins.set(keyOf(kind, row), fresh)
  return fresh
}

function keyOf(kind: Kind, { id, version, digest }: LiveVersion): string {
  return `${nameOf({ kind: kind.id, id })} ${version} ${digest}`
}

async function toItem(ports: ApiPorts, kind: Kind, row: LiveRow): Promise<ExportItem | undefined> {
  const { id, version, digest, files, texts } = row
  const manifest = provenManifest(texts, kind, () => yaml)
  const parsed = manifest && kind.schema.safeParse(manifest)
  if (!parsed?.success) return undefined
  const manifestPath = findManifestName(kind, (path) => Object.hasOwn(texts, path)) ?? kind.manifestFile
  const entries = new Map(Object.entries(texts))
  const definition = { kind: kind.id, id, manifestPath, manifest: parsed.data, texts: entries, files }
  const assets = files.some(({ path }) => path.startsWith(ASSETS))
    ? await readAssets(ports, row)
    : new Map<string, Uint8Array>()
  return { definition, digest, version, asset: (path) => assets.get(path) }
}

/** The bundle has the assets; it is as large as the registry says, and its hash is the recorded one. */
async function readAssets(
  ports: ApiPorts,
  { path, sha256: hash, files }: LiveRow,
): Promise<Map<string, Uint8Array>> {
  const archive = await ports.registry.download(path)
  if (sha256(archive) !== hash) return new Map()
  return new Map(unpackArchive(archive, tarSize(files)).map((file) => [file.path, file.bytes]))
}
