import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ArchiveFile, unpackArchive } from './archive.ts'
import { hashFiles } from './bundle.ts'
import { readSource } from './collect.ts'
import { bundlePath } from './contract/bundle-path.ts'
import { digestOf, sha256 } from './contract/digest.ts'
import { Failure } from './failure.ts'
import { holdOf } from './hold.ts'
import type { Kind } from './kind.ts'
import type { Head, Registry } from './registry.ts'
import { requireContent, withdrawnFailure } from './withdraw.ts'
import { recoverFolders, writeFolder } from './write-folder.ts'

/** What to write where. No ids: everything live. */
export interface PullRequest {
  kind: Kind
  ids: readonly string[]
  version?: number
  /** Folder that gets `<kind>/<id>/`. */
  root: string
  /** Replace folders whose content differs. */
  force: boolean
}

/** One definition on disk afterwards. */
export interface Pulled {
  id: string
  version: number
  digest: string
  dir: string
  state: 'written' | 'unchanged'
}

/**
 * Downloads bundles, proves them against their digests and writes each folder as a whole.
 * @throws Failure NOT_FOUND; WITHDRAWN; REFUSED for a folder that differs, before anything is written; REMOTE_FAILED for a bad bundle
 */
export async function pull(registry: Registry, request: PullRequest): Promise<Pulled[]> {
  const targets = await targetsOf(registry, request)
  for (const target of targets)
    if (existsSync(target.dir) && !request.force && target.state === 'written')
      throw new Failure(
        'REFUSED',
        `${target.dir} differs from version ${target.version}`,
        'keep your changes elsewhere, or add --force',
      )
  for (const target of targets)
    if (target.state === 'written')
      replaceFolder(target.dir, await fetchBundle(registry, request.kind.id, target.id, target.digest))
  return targets
}

/**
 * A bundle's files, proven against the digest.
 * @throws Failure REMOTE_FAILED when the bytes are not what the digest promises
 */
export async function fetchBundle(
  registry: Registry,
  kind: string,
  id: string,
  digest: string,
): Promise<ArchiveFile[]> {
  const path = bundlePath(kind, id, digest, registry.preview)
  const archive = await registry.download(path).catch((error: unknown) => {
    // What a preview never changed lies with production's.
    if (registry.preview === undefined || !(error instanceof Failure && error.code === 'NOT_FOUND'))
      throw error
    return registry.download(bundlePath(kind, id, digest))
  })
  const files = tryUnpack(archive)
  const entries = files?.map((file) => ({
    path: file.path,
    size: file.bytes.length,
    sha256: sha256(file.bytes),
    ...(file.executable ? { executable: file.executable } : {}),
  }))
  const inside = files?.every((file) => file.path.split('/').every((part) => part !== '' && part !== '..'))
  if (files && entries && inside && digestOf(kind, id, entries) === digest) return files
  throw new Failure('REMOTE_FAILED', `the bundle ${path} is damaged`, 'run: nofx registry verify --repair', {
    at: path,
  })
}

function tryUnpack(archive: Uint8Array): ArchiveFile[] | undefined {
  try {
    return unpackArchive(archive)
  } catch {
    return undefined
  }
}

async function targetsOf(registry: Registry, { kind, ids, version, root }: PullRequest): Promise<Pulled[]> {
  if (version !== undefined && ids.length !== 1)
    throw new Failure('USAGE', '--version needs exactly one id', 'name the definition')
  const heads = await registry.heads(kind.id)
  const wanted = ids.length ? ids : heads.filter(hasContent).map((head) => head.id)
  const found: Pulled[] = []
  for (const id of wanted) {
    const head = heads.find((one) => one.id === id)
    const revision = version === undefined ? undefined : await registry.revision(kind.id, id, version)
    if (!head || (version !== undefined && !revision))
      throw new Failure(
        'NOT_FOUND',
        `${kind.id}/${id}${version ? ` version ${version}` : ''} is not in the registry`,
        'see: nofx registry list',
      )
    if (revision) requireContent(revision)
    const hold = revision ? undefined : holdOf(head, head.digest)
    if (hold?.withdrawn)
      throw withdrawnFailure({ kind: kind.id, id, version: head.latestVersion }, hold.reason ?? '')
    const digest = revision?.digest ?? head.digest
    const dir = join(root, kind.id, id)
    found.push({
      id,
      version: version ?? head.latestVersion,
      digest,
      dir,
      state: diskDigest(kind, id, dir) === digest ? 'unchanged' : 'written',
    })
  }
  return found
}

function hasContent(head: Head): boolean {
  return head.state !== 'removed' && !holdOf(head, head.digest)?.withdrawn
}

/** The digest of what is on disk; undefined where there is nothing, or nothing that could be published. */
function diskDigest(kind: Kind, id: string, dir: string): string | undefined {
  if (!existsSync(dir)) return undefined
  const source = readSource({ kind, id, dir, shown: dir })
  return source.findings.length ? undefined : digestOf(kind.id, id, hashFiles(source, { dir }))
}

/** A reader of `dir` sees the old folder or the new one; what a killed pull left behind is mended first. */
function replaceFolder(dir: string, files: readonly ArchiveFile[]): void {
  recoverFolders(dirname(dir))
  const contents = Object.fromEntries(files.map(({ path, bytes }) => [path, bytes]))
  const executable = new Set(files.filter((file) => file.executable).map(({ path }) => path))
  writeFolder(dir, contents, { replace: true, executable })
}
