/** The commands, one a file of the folder `commands`; as help lists them: the most asked question first. */
export const COMMANDS = [
  'diagnose',
  'scan',
  'failover',
  'audit-node',
  'audit-cluster',
  'who',
  'predict',
  'check',
  'watch',
  'redact',
  'init',
  'explain',
  'rules',
  'vantage',
  'demo',
  'version',
] as const
