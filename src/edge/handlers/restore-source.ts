import { Buffer } from 'node:buffer'
import { digestOf, sha256 } from '../../contract/digest.ts'
import { nameOf } from '../../contract/name.ts'
import { bundlePath } from '../../contract/protocol/bundle-path.ts'
import type { WireFile, WireItem } from '../../contract/protocol/sync.ts'
import { ASSETS, type Source } from '../../contract/source.ts'
import { malformed, type Refusal } from '../http/refusal.ts'

const SEND_AGAIN = 'publish again with the same version of nofx'

/**
 * Rebuilds the publisher's folder without trusting its hashes: sizes, hashes and the digest are computed again from the
 * texts. Assets are not sent; their hashes are part of the digest and of the bundle. The bundle is stored with
 * production's bundles, or with those of the preview that is published to.
 * @throws Refusal 422
 */
export function restoreSource(kind: string, item: WireItem, preview?: string): Source {
  const paths = new Set<string>()
  for (const file of item.files) {
    if (paths.has(file.path)) throw wrong(kind, item, `sends "${file.path}" twice`)
    paths.add(file.path)
    verifyFile(kind, item, file)
  }
  const digest = digestOf(kind, item.id, item.files.map(toEntry))
  if (digest !== item.digest)
    throw wrong(kind, item, `has the digest ${digest}, not ${item.digest}`, {
      sent: item.digest,
      found: digest,
    })
  const path = bundlePath(kind, item.id, digest, preview)
  if (item.bundle.path !== path)
    throw wrong(kind, item, `has its bundle at "${path}", not "${item.bundle.path}"`)
  const files = item.files.map(({ path, size, text }) => ({
    path,
    size,
    ...(text === undefined ? {} : { text }),
  }))
  return { kind, id: item.id, files, findings: [] }
}

/** A file without its text, as revisions store it. */
export function toEntry({ path, size, sha256, executable }: WireFile) {
  return { path, size, sha256, ...(executable ? { executable } : {}) }
}

function verifyFile(kind: string, item: WireItem, file: WireFile): void {
  const { path, size, sha256: sentDigest, text } = file
  if (path.startsWith(ASSETS)) {
    if (text !== undefined) throw wrong(kind, item, `sends the asset "${path}" as text`)
    return
  }
  if (file.executable) throw wrong(kind, item, `sends the text "${path}" as executable`)
  if (text === undefined) throw wrong(kind, item, `does not send the text of "${path}"`)
  const bytes = Buffer.byteLength(text)
  if (bytes !== size) throw wrong(kind, item, `sends ${bytes} bytes of "${path}", not ${size}`)
  if (sha256(text) !== sentDigest) throw wrong(kind, item, `sends other text of "${path}" than its hash says`)
}

function wrong(kind: string, item: WireItem, what: string, detail: object = {}): Refusal {
  return malformed(422, 'hash', `${nameOf({ kind, id: item.id })} ${what}`, SEND_AGAIN, {
    kind,
    id: item.id,
    ...detail,
  })
}
