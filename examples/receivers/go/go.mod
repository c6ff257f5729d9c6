module ringtrue.example/receiver

go 1.21.0

require (
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/standard-webhooks/standard-webhooks/libraries v0.0.1
)
