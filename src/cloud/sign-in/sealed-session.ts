import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Keyring } from './keyring.ts'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Encrypts a session with a key of the keyring, as base64. */
export function seal(session: string, key: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, Buffer.from(key, 'base64'), nonce)
  const body = Buffer.concat([cipher.update(session, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
}

/** The session; undefined when it was encrypted with another key, or changed. */
export function unseal(sealed: string, key: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const nonce = bytes.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv(CIPHER, Buffer.from(key, 'base64'), nonce, { authTagLength: TAG_BYTES })
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    const body = bytes.subarray(NONCE_BYTES + TAG_BYTES)
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/**
 * The key of an account, which is made when the keyring has none. Undefined when the keyring does not keep it: there is
 * no session of the desktop, for example.
 */
export function requestKey(keyring: Keyring, account: string): string | undefined {
  const storedKey = keyring.read(account)
  if (storedKey !== undefined && isKey(storedKey)) return storedKey
  const key = randomBytes(KEY_BYTES).toString('base64')
  return keyring.write(account, key) && keyring.read(account) === key ? key : undefined
}

function isKey(text: string): boolean {
  return Buffer.from(text, 'base64').length === KEY_BYTES
}
