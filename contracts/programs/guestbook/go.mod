module guestbook

go 1.26
