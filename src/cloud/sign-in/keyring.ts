import { spawnSync } from 'node:child_process'
import { Failure } from '../../contract/failure.ts'

/** The program of the system that keeps secrets: `security` of macOS, `secret-tool` of libsecret. */
export type KeyringName = 'security' | 'secret-tool'

/** A store of short secrets that the system keeps for its user. */
export interface Keyring {
  name: KeyringName
  /** The secret of an account; undefined when the keyring has no such secret, or is not unlocked. */
  read(account: string): string | undefined
  /** Whether the secret was stored. */
  write(account: string, secret: string): boolean
  remove(account: string): void
}

/** Environment variables by their names. */
type KeyringEnv = Record<string, string | undefined>

const SERVICE = 'nofx'
/** How long a user may take to unlock the keyring, milliseconds. */
const UNLOCK_WITHIN_MS = 60_000
/** A secret or an account in a line for `security -i`, in which a space or a quote would end the word. */
const PLAIN = /^[\w.:/+=[\]-]+$/

/**
 * The keyring of this system, if there is one and NOFX_KEYRING is not `file`.
 * @throws Failure CONFIG for another value of NOFX_KEYRING
 */
export function findKeyring(env: KeyringEnv, platform: string = process.platform): Keyring | undefined {
  const choice = env.NOFX_KEYRING
  if (choice === 'file') return undefined
  if (choice)
    throw new Failure(
      'CONFIG',
      `NOFX_KEYRING is "${choice.slice(0, 80)}"`,
      'set it to file to keep sign-ins in a file, or unset it',
    )
  if (platform === 'darwin') return openKeyring('security', env)
  return platform === 'win32' ? undefined : openKeyring('secret-tool', env)
}

/** The keyring with this name, whatever NOFX_KEYRING says. */
export function openKeyring(name: KeyringName, env: KeyringEnv): Keyring {
  return name === 'security' ? createSecurity(env) : createSecretTool(env)
}

/** Other users can see arguments, so that a secret is always written to stdin. */
function run(env: KeyringEnv, program: string, args: string[], input = ''): string | undefined {
  const { status, stdout } = spawnSync(program, args, {
    env: { ...env },
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: UNLOCK_WITHIN_MS,
  })
  return status === 0 ? stdout : undefined
}

function createSecurity(env: KeyringEnv): Keyring {
  const words = (account: string) => ['-s', SERVICE, '-a', account]
  return {
    name: 'security',
    read: (account) => oneLine(run(env, 'security', ['find-generic-password', ...words(account), '-w'])),
    write(account, secret) {
      if (!PLAIN.test(account) || !PLAIN.test(secret)) return false
      const line = `add-generic-password -U -s ${SERVICE} -a ${account} -w ${secret}\n`
      return run(env, 'security', ['-i'], line) !== undefined
    },
    remove(account) {
      run(env, 'security', ['delete-generic-password', ...words(account)])
    },
  }
}

function createSecretTool(env: KeyringEnv): Keyring {
  const words = (account: string) => ['service', SERVICE, 'account', account]
  return {
    name: 'secret-tool',
    read: (account) => oneLine(run(env, 'secret-tool', ['lookup', ...words(account)])),
    write: (account, secret) =>
      run(env, 'secret-tool', ['store', `--label=nofx: ${account}`, ...words(account)], secret) !== undefined,
    remove(account) {
      run(env, 'secret-tool', ['clear', ...words(account)])
    },
  }
}

function oneLine(text: string | undefined): string | undefined {
  return text?.trim() || undefined
}
