/** An author of a plugin, who adds a kind of definitions to a project with agents and templates. */
export default {
  name: 'plugin',
  brings: ['mkdir -p my-agents/packages', 'cp -R "$SAMPLES" my-agents/packages/shared'],
  reads: [
    { page: 'docs/getting-started.md', sections: ['1. Make a folder with NOFX in it'] },
    { page: 'docs/plugins.md', sections: ['Write the smallest kind'] },
  ],
  success: 'npx nofx registry list notes',
  shows: 'notes/first',
}
