/** An author with 30 agents for Claude Code, who wants them checked, published and listed. */
export default {
  name: 'author',
  brings: [
    'mkdir -p ~/.claude/agents',
    'for number in $(seq 1 30); do',
    `  printf -- '---\\nname: helper-%s\\ndescription: Helps with task %s. Use it for that task.\\ntools: Read, Grep\\n---\\n\\nYou help with task %s.\\n' \\`,
    '    "$number" "$number" "$number" > ~/.claude/agents/helper-$number.md',
    'done',
  ],
  reads: [
    { page: 'docs/getting-started.md', sections: ['1. Make a folder with NOFX in it'] },
    { page: 'docs/importing.md', sections: ['From your agents to a registry'] },
  ],
  success: 'npx nofx registry list',
  shows: '30 definitions',
}
