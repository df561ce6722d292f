import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The keyring's program of this system. */
export const KEYRING = process.platform === 'darwin' ? 'security' : 'secret-tool'

/** Finds the account behind a flag or a word, and the file that keeps its secret. */
const COMMON = `#!/bin/sh
echo "$*" >> "$FAKE_KEYRING/calls"
place() { printf '%s/secrets/%s' "$FAKE_KEYRING" "$(printf '%s' "$1" | tr -c 'a-zA-Z0-9' '_')"; }
after() { want=$1; shift; while [ $# -gt 0 ]; do [ "$1" = "$want" ] && { printf '%s' "$2"; return; }; shift; done; }
`

/** `secret-tool` of libsecret: `store` reads the secret from stdin. */
const SECRET_TOOL = `${COMMON}file=$(place "$(after account "$@")")
case "$1" in
  store) cat > "$file" ;;
  lookup) [ -f "$file" ] && cat "$file" ;;
  clear) rm -f "$file" ;;
  *) exit 2 ;;
esac
`

/** `security` of macOS: with `-i` it reads commands from stdin, and `-w` prints the secret with a line feed. */
const SECURITY = `${COMMON}if [ "$1" = -i ]; then
  read -r line; set -- $line
  [ "$1" = add-generic-password ] || exit 2
  printf '%s' "$(after -w "$@")" > "$(place "$(after -a "$@")")"
  exit
fi
file=$(place "$(after -a "$@")")
case "$1" in
  find-generic-password) [ -f "$file" ] || exit 44; cat "$file"; echo ;;
  delete-generic-password) rm "$file" ;;
  *) exit 2 ;;
esac
`

/** Programs that behave as the keyrings of macOS and of Linux do, with their secrets in files below a folder. */
export function createFakeKeyring(folder: string) {
  mkdirSync(join(folder, 'secrets'), { recursive: true })
  const programs = { 'secret-tool': SECRET_TOOL, security: SECURITY }
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(folder, name), text, { mode: 0o755 })
  const read = (path: string) => readFileSync(join(folder, path), 'utf8')
  return {
    env: { PATH: `${folder}:${process.env.PATH}`, FAKE_KEYRING: folder },
    secrets: () => readdirSync(join(folder, 'secrets')).map((name) => read(`secrets/${name}`)),
    /** The arguments of all calls. */
    calls: () => (existsSync(join(folder, 'calls')) ? read('calls') : ''),
  }
}
