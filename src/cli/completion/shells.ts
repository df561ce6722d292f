import type { CompletionCandidate } from './candidates.ts'

/** The completion script of a shell, and the format of candidates for it. */
interface Shell {
  script: string
  line(candidate: CompletionCandidate): string
}

/** Each script runs the CLI at every TAB, so that nothing goes stale; without candidates it offers files. */
export const SHELLS = {
  bash: {
    script: `# nofx: put this into ~/.bashrc:  eval "$(nofx completion bash)"
_nofx() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _nofx nofx`,
    line: ({ word }) => word,
  },
  zsh: {
    script: `#compdef nofx
# nofx: put this into ~/.zshrc, after compinit:  eval "$(nofx completion zsh)"
_nofx() {
  local -a found
  found=("\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then _describe nofx found; else _files; fi
}
compdef _nofx nofx`,
    line: ({ word, about }) => (about ? `${word.replaceAll(':', '\\:')}:${about}` : word),
  },
  fish: {
    script: `# nofx: put this into ~/.config/fish/config.fish:  nofx completion fish | source
function __nofx_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found ($words[1] completion fish -- $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c nofx -f -a '(__nofx_complete)'`,
    line: ({ word, about }) => (about ? `${word}\t${about}` : word),
  },
} satisfies Record<string, Shell>

/** A shell with a completion script. */
export type ShellName = keyof typeof SHELLS

/** The candidates in a shell's format: each on one line, whatever the help contains. */
export function printedCandidates(all: readonly CompletionCandidate[], shell: Shell): string {
  const brief = ({ word, about }: CompletionCandidate) => ({
    word,
    about: about.replaceAll(/\s+/g, ' ').trim(),
  })
  return all.map((one) => shell.line(brief(one))).join('\n')
}
