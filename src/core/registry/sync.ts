import { FAILURES, Failure, type FailureCode } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import type {
  ReleaseResult,
  StageRequest,
  SyncError,
  SyncRequest,
  WireItem,
} from '../../contract/protocol/sync.ts'
import { MAX_BODY } from '../../contract/source.ts'
import type { Registry } from './registry.ts'

/** Bytes reserved in the body of a stage request for everything besides its items. */
const ENVELOPE = 1_000

/** Bytes of bundles that the function reads and hashes in one call; it refuses more than twice as much. */
export const BUNDLES_IN_CALL = 24 * 1024 * 1024

/**
 * Splits items, in order, into groups whose request bodies stay under `MAX_BODY` and whose bundles stay under
 * `BUNDLES_IN_CALL`.
 * @throws Failure BUG for a single item that does not fit: validation limits a definition's text
 */
export function chunkItems(items: readonly WireItem[]): WireItem[][] {
  const chunks: WireItem[][] = []
  let room = 0
  let bundles = 0
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1
    if (size > MAX_BODY - ENVELOPE)
      throw new Failure('BUG', `${item.id} needs ${size} bytes in one call`, 'please report this')
    if (size > room || bundles + item.bundle.size > BUNDLES_IN_CALL) {
      chunks.push([])
      room = MAX_BODY - ENVELOPE
      bundles = 0
    }
    chunks.at(-1)?.push(item)
    room -= size
    bundles += item.bundle.size
  }
  return chunks
}

/** The items of one stage request, and the number of the request among those of a publish. */
export interface StagePart {
  part: number
  items: WireItem[]
}

/**
 * Stages parts of a publish for a later commit under `key`.
 * @param draft whether they become drafts, whatever status they have
 * @param signal no further part is sent after it is aborted
 */
export async function stageParts(
  registry: Registry,
  kind: string,
  { key, draft }: Pick<StageRequest, 'key' | 'draft'>,
  parts: readonly StagePart[],
  signal: AbortSignal,
): Promise<void> {
  for (const { part, items } of parts) {
    signal.throwIfAborted()
    await call(registry, kind, { action: 'stage', key, draft, part, items })
  }
}

/** Sends a request that makes a release: commit, rollback or undelete. */
export async function callForRelease(
  registry: Registry,
  kind: string,
  request: Exclude<SyncRequest, { action: 'stage' }>,
): Promise<ReleaseResult> {
  const response = await call(registry, kind, request)
  if ('result' in response) return response.result
  throw new Failure('BUG', `the registry answered "${request.action}" without a result`, 'please report this')
}

async function call(registry: Registry, kind: string, request: SyncRequest) {
  const response = await registry.sync(kind, request)
  if (response.ok) return response
  throw refusal(response.error)
}

/** Codes that only this process may use about itself; a server's answer with such a code is not accepted. */
const OURS = new Set<string>(['BUG', 'INTERRUPTED'])

/** A server's refusal as a `Failure`. */
export function refusal(error: SyncError): Failure {
  const isKnown = Object.hasOwn(FAILURES, error.code) && !OURS.has(error.code)
  const code: FailureCode = isKnown ? (error.code as FailureCode) : 'REMOTE_FAILED'
  const findings = error.findings?.map((one) => `\n  ${nameOf(one)}/${one.file} ${one.rule} ${one.message}`)
  return new Failure(code, error.message + (findings?.join('') ?? ''), error.hint, {
    detail: error.findings ? { findings: error.findings } : error.detail,
  })
}
