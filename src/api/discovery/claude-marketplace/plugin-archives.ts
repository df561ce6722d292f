import * as yaml from 'yaml'
import { canonicalJson, sha256 } from '../../../contract/digest.ts'
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

/**
 * The number of the code that makes archives. Raise it when the bytes of any archive change: then each is hashed again.
 */
export const FORM = 1

/** A plugin of one live definition: its entry in the marketplace without a source, and its zip. */
interface PluginArchive {
  entry: JsonObject
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
  const { content } = packPlugin(plugin, files)
  return { entry: marketplaceEntry(plugin), bytes: content }
}

/** The entry of a plugin in the marketplace at an address: the same text, whether it was made just now or stored. */
export function toEntry(
  { kind, id, version }: LiveVersion & { kind: string },
  { entry, sha256: hash }: { entry: JsonObject; sha256: string },
  origin: string,
): JsonObject {
  const url = `${origin}${ARCHIVES}/${nameOf({ kind, id })}/${version}.zip`
  return JSON.parse(canonicalJson({ ...entry, source: archiveSource(url, hash) })) as JsonObject
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
