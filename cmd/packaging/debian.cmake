# Adds the files that only a Debian package has to the staging tree.
set(usr ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
set(readable OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
configure_file(${CMAKE_CURRENT_LIST_DIR}/lintian-overrides ${usr}/share/lintian/overrides/msnc
  COPYONLY FILE_PERMISSIONS ${readable})
file(GLOB plain ${usr}/share/man/man?/* ${usr}/share/doc/msnc/changelog)
execute_process(COMMAND gzip -9n ${plain} COMMAND_ERROR_IS_FATAL ANY)
# Independent of the umask of the build.
file(CHMOD_RECURSE ${usr} DIRECTORY_PERMISSIONS ${readable} OWNER_EXECUTE GROUP_EXECUTE WORLD_EXECUTE)
