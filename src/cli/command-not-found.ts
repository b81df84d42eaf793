import type { Hook } from '@oclif/core/hooks'
import { similar } from '../rules/find-rule.js'
import { UsageError } from './exit-codes.js'

/** What oclif calls when there is no such command: its own answer does not say which there are. */
const commandNotFound: Hook<'command_not_found'> = async ({ config, id }) => {
  const [command, ...words] = id.split(':')
  if (words.length > 0 && config.findCommand(command ?? ''))
    throw new UsageError(
      `${command} takes no argument "${words.join(' ')}"; ${config.bin} ${command} --help lists its flags`,
    )
  const ids = config.commands.filter(({ hidden }) => !hidden).map((command) => command.id)
  const [nearest, ...others] = similar(ids, id)
  const hint = others.length > 2 ? '' : `; did you mean ${[nearest, ...others].join(' or ')}`
  throw new UsageError(`no command "${id}"${hint}; ${config.bin} --help lists them`)
}

export default commandNotFound
