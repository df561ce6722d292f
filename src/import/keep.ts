import type { JsonObject } from '../contract/kind.ts'

/** `metadata` may have 4 KiB of compact JSON; 512 of them are for the importer's own record. Bytes. */
const ROOM = 4096 - 512
/** Holds what has no room in the manifest, which names it. */
const FILE = 'assets/import.json'

/** Where source content without a manifest field is stored: in `metadata`, or in full in a file. */
export function keepAll(kept: JsonObject, room = ROOM): { kept: JsonObject; files: Record<string, string> } {
  if (Buffer.byteLength(JSON.stringify(kept)) <= room) return { kept, files: {} }
  return { kept: { file: FILE }, files: { [FILE]: `${JSON.stringify(kept, null, 2)}\n` } }
}
