import type { Head } from '../../core/registry/registry.ts'

/** A head as `--json` has it: with the description as the column `metadata`. */
export function buildHeadDocument({ description: metadata, ...head }: Head) {
  return { ...head, metadata }
}
