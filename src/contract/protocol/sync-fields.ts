import * as z from 'zod'
import { SHA256 } from '../digest.ts'
import { LENGTHS, MAX_VERSION } from '../lengths.ts'
import { isStorable } from '../text/storable.ts'
import { previewName } from './preview.ts'

/** The fields that the requests of the sync protocol share. */

/** A text that the database can store. */
export function storable(min: number, max: number) {
  return z.string().min(min).max(max).refine(isStorable, 'holds a character that the database cannot store')
}

export const id = storable(1, 64)
export const hash = z.string().regex(SHA256)
export const key = storable(8, 200)

/** The preview to write to; production if it is absent. */
export const preview = previewName.optional()

export const version = z.int().min(1).max(MAX_VERSION)
export const reason = storable(...LENGTHS.reason)

/**
 * The owner of the idempotency key. Only the registry's owner may name another principal, for a caller that it has
 * authenticated itself; for every other caller the principal comes from the credentials.
 */
export const principal = storable(1, 1000).optional()

export const who = {
  actor: storable(...LENGTHS.actor),
  reason: storable(0, LENGTHS.reason[1]).optional(),
  principal,
}

/**
 * The newest version that the caller saw. It is a precondition and not part of the request's identity, so a retry may
 * carry another version.
 */
export const seenVersion = version.optional()
