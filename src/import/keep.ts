import type { JsonObject } from '../contract/kind.ts'

/** `metadata` may have 4 KiB of compact JSON; 512 of them are for the importer's own record. Bytes. */
const ROOM = 4096 - 512
/** Holds what has no room in the manifest, which names it. */
const FILE = 'assets/import.json'

/** Where source content without a manifest field is stored: in `metadata`, or in full in a file. */
export function keepAll(
  unmapped: JsonObject,
  room = ROOM,
): { unmapped: JsonObject; files: Record<string, string> } {
  if (Buffer.byteLength(JSON.stringify(unmapped)) <= room) return { unmapped, files: {} }
  return { unmapped: { file: FILE }, files: { [FILE]: `${JSON.stringify(unmapped, null, 2)}\n` } }
}
