import { ASSETS } from '../../src/contract/source.ts'
import type { operations } from '../generated/api.d.ts'
import type { DroppedDefinition } from '../model/definitions/dropped-folders.ts'
import { api, type Received, receive } from './client.ts'
import type { LocalFile } from './dropped-files.ts'
import type { KindId } from './queries.ts'

/** What a publish of a definition would find and do. */
export type Comparison = Received<
  operations['compareDefinition']['responses'][200]['content']['application/json']
>
type Asset = NonNullable<
  operations['compareDefinition']['requestBody']['content']['application/json']['assets']
>[string]

/** Asks what a publish of a local definition would find and do; nothing is stored. */
export async function compareLocal(
  { kind, id, files }: DroppedDefinition<LocalFile>,
  env: string | undefined,
): Promise<Comparison> {
  const texts: Record<string, string> = {}
  const assets: Record<string, Asset> = {}
  for (const [path, { file }] of files) {
    // Assets are named by hash: they may be pictures, and may be large.
    if (path.startsWith(ASSETS)) assets[path] = { size: file.size, sha256: await hashOf(file) }
    else texts[path] = await file.text()
  }
  const params = { path: { kind: kind as KindId, id }, query: { env } }
  const { body } = await receive(
    api.POST('/api/{kind}/{id}/compare', { params, body: { files: texts, assets } }),
  )
  return body
}

async function hashOf(file: File): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
