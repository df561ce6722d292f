import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server'
import { sha256 } from '../../contract/digest.ts'
import { tarSize, unpackArchive } from '../../core/tree/archive.ts'
import type { McpDefinition } from '../registry/answers.ts'
import { mediaType } from '../registry/media-type.ts'
import { readDefinition } from '../registry/read-definition.ts'
import type { RegistryClient } from '../registry/registry-client.ts'
import { buildSkillUri, parseSkillUri } from './uris.ts'

/** The kind that these resources are of. */
export const SKILLS = 'skills'
const FOLDER_TYPE = 'inode/directory'
const BYTES = 'application/octet-stream'
/** Platforms limit an answer; base64 adds a third to a file, bytes. */
const MAX_FILE = 3_000_000
const MAX_ARCHIVE = 4_000_000

/**
 * A live skill; undefined for every other id. A draft is undefined for publishers, too: they see it elsewhere.
 * @throws ApiProblem
 */
export async function findLiveSkill(client: RegistryClient, id: string): Promise<McpDefinition | undefined> {
  const { definition } = await readDefinition(client, { kind: SKILLS, id })
  return definition.live === true ? definition : undefined
}

/**
 * A file of a live skill: a text as it was published, an asset from the bundle.
 * @throws ApiProblem, ProtocolError
 */
export async function readSkillFile(client: RegistryClient, uri: string): Promise<ReadResourceResult> {
  const place = parseSkillUri(uri)
  const skill = place && (await findLiveSkill(client, place.id))
  const file = skill?.files.find(({ path }) => path === place?.path)
  if (!skill || !file) throw new ResourceNotFoundError(uri)
  const text = Object.hasOwn(skill.texts, file.path) ? skill.texts[file.path] : undefined
  if (text !== undefined) return { contents: [{ uri, mimeType: mediaType(file.path), text }] }
  const blob = Buffer.from(await readAsset(client, skill, file)).toString('base64')
  return { contents: [{ uri, mimeType: mediaType(file.path, BYTES), blob }] }
}

async function readAsset(
  client: RegistryClient,
  { id, files, bundle }: McpDefinition,
  file: McpDefinition['files'][number],
): Promise<Uint8Array> {
  const archive = `/.well-known/agent-skills/${id}.tar.gz`
  if (file.size > MAX_FILE || bundle.size > MAX_ARCHIVE)
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `this file is too large for this protocol; it is in the archive ${archive} of the registry`,
    )
  const bytes = await client.download(archive)
  const [match] = sha256(bytes) === bundle.sha256 ? findIn(bytes, files, file.path) : []
  if (match && sha256(match.bytes) === file.sha256) return match.bytes
  throw new ProtocolError(ProtocolErrorCode.InternalError, 'the skill changed meanwhile; read it again')
}

function findIn(archive: Uint8Array, files: McpDefinition['files'], path: string) {
  return unpackArchive(archive, tarSize(files)).filter((file) => file.path === path)
}

/**
 * What lies directly in a folder of a live skill.
 * @throws ApiProblem, ProtocolError
 */
export async function readSkillFolder(client: RegistryClient, uri: string): Promise<Resource[]> {
  const place = parseSkillUri(uri)
  const skill = place && (await findLiveSkill(client, place.id))
  const prefix = place?.path ? `${place.path}/` : ''
  const inside = skill?.files.filter(({ path }) => path.startsWith(prefix)) ?? []
  if (!skill || inside.length === 0)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'this is not a folder of a skill')
  const { id } = skill
  const entries = new Map<string, Resource>()
  for (const { path, size } of inside) {
    const [name = '', ...rest] = path.slice(prefix.length).split('/')
    const isFolder = rest.length > 0
    const own = buildSkillUri({ id, path: `${prefix}${name}` })
    entries.set(name, {
      uri: own,
      name,
      ...(isFolder ? { mimeType: FOLDER_TYPE } : { mimeType: mediaType(path, BYTES), size }),
    })
  }
  return [...entries.values()].sort((a, b) => (a.uri < b.uri ? -1 : 1))
}
