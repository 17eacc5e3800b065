# fish completion for msnc: asks msnc itself, so that new commands and live names appear.
function __msnc_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (command $words[1] complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case \tfiles
                __fish_complete_path (commandline -ct)
            case \tprograms
                __fish_complete_command
            case '*'
                echo $line
        end
    end
end
complete -c msnc -f -a '(__msnc_complete)'
